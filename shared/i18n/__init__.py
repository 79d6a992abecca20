"""Reports which texts for people are not translated."""
