@NullMarked
package io.netsy.node.metrics;

import org.jspecify.annotations.NullMarked;
