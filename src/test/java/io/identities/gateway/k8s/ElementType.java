package io.identities.gateway.k8s;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;

/** The record that a list setting consists of; the metadata names its class only. */
record ElementType(Class<?> type) {

    /** @param listType for example {@code java.util.List<io.identities.gateway.access.AccessSettings$Rule>} */
    static ElementType of(String listType) {
        String element = listType.substring(listType.indexOf('<') + 1, listType.lastIndexOf('>'));
        try {
            return new ElementType(Class.forName(element));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("No class for the setting of type " + listType, e);
        }
    }

    /** @param field in kebab case; what follows a bracket or a dot is not looked at */
    boolean has(String field) {
        String first = field.replaceAll("[\\[.].*", "");
        return type.isRecord()
                && Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getName)
                        .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                        .anyMatch(first::equals);
    }
}
