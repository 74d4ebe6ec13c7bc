/** Tests of the election. */
@NullMarked
package io.netsy.elector.election;

import org.jspecify.annotations.NullMarked;
