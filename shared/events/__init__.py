"""The one way out of a service: events that are recorded in the caller's transaction and cannot be lost.

contracts   what events there are, what they carry and who subscribes
log         record an event and its deliveries
relay       publishes due deliveries as Celery messages of ids
consumer    handles deliveries exactly once, in one transaction with the handler's own writes
failures    what becomes of a delivery that failed
parked      what a person must look at; replay
backlog     depth, age and parked deliveries, for metrics
"""
