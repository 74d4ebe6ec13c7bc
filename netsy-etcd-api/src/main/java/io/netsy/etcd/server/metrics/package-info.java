/** What the server counts, and the text format in which Prometheus reads it. */
@NullMarked
package io.netsy.etcd.server.metrics;

import org.jspecify.annotations.NullMarked;
