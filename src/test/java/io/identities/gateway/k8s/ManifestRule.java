package io.identities.gateway.k8s;

import java.util.List;
import java.util.stream.Stream;

/** Something that must hold for one rendering. */
@FunctionalInterface
interface ManifestRule {

    /** Each fault as a sentence that begins with the object's kind and name. */
    Stream<String> faults(List<Manifest> rendered);
}
