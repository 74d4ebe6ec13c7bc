/** The elector's role by a coordinator over HTTP: whatever implements the contract of {@code design/ELECTOR.md}. */
@NullMarked
package io.netsy.elector.assignment.http;

import org.jspecify.annotations.NullMarked;
