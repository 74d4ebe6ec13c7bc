/** Tests of the data directory. */
@NullMarked
package io.netsy.node.datadir;

import org.jspecify.annotations.NullMarked;
