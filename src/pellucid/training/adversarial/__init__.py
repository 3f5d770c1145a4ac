"""Training against critics: the network `vivid`, begun from another network's weights."""
