package io.netsy.elector.assignment.http;

import io.netsy.elector.assignment.lease.LeaseTimings;
import io.netsy.elector.assignment.rest.RestSettings;

/**
 * A coordinator, and what is asked of it.
 *
 * @param asksForRole whether nodes ask for the role there; otherwise the coordinator names who it likes
 */
public record CoordinatorSettings(RestSettings server, LeaseTimings timings, boolean asksForRole) {}
