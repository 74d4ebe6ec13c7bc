@NullMarked
package io.netsy.node.peer;

import org.jspecify.annotations.NullMarked;
