"""The Flask edge that the three services share: errors, bodies, paging, health, headers."""
