@NullMarked
package io.netsy.node.election;

import org.jspecify.annotations.NullMarked;
