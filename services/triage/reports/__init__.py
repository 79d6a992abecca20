"""Reports for leads: service levels, misroutes, deflection by help pages."""
