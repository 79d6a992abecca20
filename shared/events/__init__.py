"""How a service affects another: events that are recorded in the caller's transaction and cannot be lost.

contracts   the event types and their content
subscriptions  who subscribes to which event, and when the delivery is due
log         record an event and its deliveries
relay       publishes due deliveries as Celery messages of ids
consumer    handles deliveries exactly once, in one transaction with the handler's own writes
failures    back-off and parking
parked      parked deliveries; replay
backlog     figures for metrics
"""
