using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.CustomResources;

namespace Gantry.Server.Validation;

/// <summary>Metadata as Kubernetes checks it: once on a create; on an update once for all kinds, and again by the rules of most kinds.</summary>
internal static class MetadataChecks
{
    private static readonly FieldPath At = FieldPath.Root("metadata");

    // The API's own machinery, and resources that users define, know no list of finalizers.
    private static bool KnowsFinalizers(ResourceType type, IApiObject value) =>
        value is not CustomObject && type.Group is not ("apiextensions.k8s.io" or "apiregistration.k8s.io" or "admissionregistration.k8s.io") && value is not CoreV1Event;

    public static void Create(FieldErrors errors, ResourceType type, IApiObject value, MetadataRules.NameRule name)
    {
        MetadataRules.Validate(errors, value.Metadata, type.Namespaced, name, At);
        if (value.Metadata.Finalizers.Count > 0 && KnowsFinalizers(type, value))
        {
            MetadataRules.KnownFinalizers(errors, value.Metadata.Finalizers, At.Child("finalizers"));
        }
    }

    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="type">The kind.</param>
    /// <param name="value">The object as it is to be.</param>
    /// <param name="old">The object as it is.</param>
    /// <param name="subresource">Through what it is written.</param>
    public static void Update(FieldErrors errors, ResourceType type, IApiObject value, IApiObject old, string subresource)
    {
        var own = MetadataRepeats.Of(value, subresource);
        var found = new FieldErrors();
        MetadataRules.Validate(found, value.Metadata, type.Namespaced, Rules.PathSegment, At);
        errors.AddTimes(found, 1 + own.Whole);
        var changes = new FieldErrors();
        MetadataRules.Changes(changes, value.Metadata, old.Metadata, At);
        if (found.Any)
        {
            MetadataRules.Maps(changes, value.Metadata, At);
        }

        errors.AddTimes(changes, 1 + own.Changes);
        if (value.Metadata.Finalizers.Count > 0 && KnowsFinalizers(type, value))
        {
            var finalizers = new FieldErrors();
            MetadataRules.KnownFinalizers(finalizers, value.Metadata.Finalizers, At.Child("finalizers"));
            errors.AddTimes(finalizers, own.Changes + own.Whole);
        }
    }
}
