@NullMarked
package io.netsy.node.status;

import org.jspecify.annotations.NullMarked;
