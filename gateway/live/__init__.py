"""The live feed, `WS /ws`: docs/live.md is its contract.

A `Tab` is one socket's life. It subscribes to channels: a `Channel` is one topic with its arguments, its last rows and
how they came about. The one `Pump` reads each channel that somebody looks at, once an interval, whatever the number of
tabs, and tells the tabs that there is something new; each tab takes what it lacks when it is ready for it.
"""
