/**
 * Which key signs now, which keys still verify, and whose keys are trusted. Decides how keys are read, rotated and
 * refused; refuses to know what they sign.
 */
@NullMarked
package io.identities.gateway.keys;

import org.jspecify.annotations.NullMarked;
