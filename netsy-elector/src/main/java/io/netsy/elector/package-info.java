/** Election: who may be primary, decided outside the data path by an elector assigned out of band. */
@NullMarked
package io.netsy.elector;

import org.jspecify.annotations.NullMarked;
