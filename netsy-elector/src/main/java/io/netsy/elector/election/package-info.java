/** The election core: how a term is claimed and assigned, as a pure step function. */
@NullMarked
package io.netsy.elector.election;

import org.jspecify.annotations.NullMarked;
