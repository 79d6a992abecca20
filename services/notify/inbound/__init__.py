"""Mail that reaches us: replies, bounces and complaints."""
