/** The node's metrics, under etcd's names where dashboards use them, and {@code netsy_} ones for what etcd has not. */
@NullMarked
package io.netsy.node.metrics;

import org.jspecify.annotations.NullMarked;
