/**
 * Keys: which one signs now, which ones still verify, and whose are trusted. Decides how keys are read, rotated and
 * refused; does not know what they sign.
 */
@NullMarked
package io.identities.gateway.keys;

import org.jspecify.annotations.NullMarked;
