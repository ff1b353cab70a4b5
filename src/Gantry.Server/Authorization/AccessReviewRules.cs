using Gantry.Api.Models;
using Gantry.Server.Validation;

namespace Gantry.Server.Authorization;

/// <summary>What questions of access must say (Kubernetes' validation of <c>authorization.k8s.io</c>).</summary>
internal static class AccessReviewRules
{
    private static readonly FieldPath Resource = FieldPath.Root("spec.resourceAttributes");

    /// <param name="spec">The question.</param>
    /// <param name="self">Whether it is about the one who asks.</param>
    public static FieldErrors Of(V1SubjectAccessReviewSpec spec, bool self)
    {
        var errors = new FieldErrors();
        if (spec is { ResourceAttributes: not null, NonResourceAttributes: { } plain })
        {
            errors.InvalidDump(FieldPath.Root("spec").Child("nonResourceAttributes"), Dump(plain), "cannot be specified in combination with resourceAttributes");
        }

        if (spec is { ResourceAttributes: null, NonResourceAttributes: null })
        {
            errors.Invalid(Resource, "null", "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }

        if (!self && spec.User.Length == 0 && spec.Groups.Count == 0)
        {
            errors.Invalid(FieldPath.Root("spec").Child("user"), "", "at least one of user or group must be specified");
        }

        Fields(errors, spec.ResourceAttributes?.FieldSelector);
        Labels(errors, spec.ResourceAttributes?.LabelSelector);
        return errors;
    }

    /// <summary>Questions are no objects: they have no metadata of their own.</summary>
    public static void Metadata(FieldErrors errors, V1ObjectMeta metadata, bool exceptNamespace)
    {
        var looked = metadata with { ManagedFields = [], Namespace = exceptNamespace ? "" : metadata.Namespace };
        if (looked != new V1ObjectMeta())
        {
            errors.InvalidDump(FieldPath.Root("metadata"), GoDump.Of(metadata with { ManagedFields = [] }), exceptNamespace ? "must be empty except for namespace" : "must be empty");
        }
    }

    public static void Local(FieldErrors errors, V1SubjectAccessReviewSpec spec, string ns)
    {
        if (spec.ResourceAttributes is { } resource && resource.Namespace != ns)
        {
            errors.Invalid(Resource.Child("namespace"), resource.Namespace, "must match metadata.namespace");
        }

        if (spec.NonResourceAttributes is { } plain)
        {
            errors.InvalidDump(FieldPath.Root("spec.nonResourceAttributes"), Dump(plain), "disallowed on this kind of request");
        }
    }

    private static void Fields(FieldErrors errors, V1FieldSelectorAttributes? selector)
    {
        if (selector is null)
        {
            return;
        }

        var at = Resource.Child("fieldSelector");
        Either(errors, at, selector.RawSelector, selector.Requirements.Count);
        for (var i = 0; i < selector.Requirements.Count; i++)
        {
            var requirement = selector.Requirements[i];
            if (requirement.Key.Length == 0)
            {
                errors.Required(at.Child("requirements").Index(i).Child("key"), "must be specified");
            }

            Values(errors, at.Child("requirements").Index(i).Child("values"), requirement.Operator, requirement.Values.Count);
        }
    }

    private static void Labels(FieldErrors errors, V1LabelSelectorAttributes? selector)
    {
        if (selector is null)
        {
            return;
        }

        var at = Resource.Child("labelSelector");
        Either(errors, at, selector.RawSelector, selector.Requirements.Count);
        for (var i = 0; i < selector.Requirements.Count; i++)
        {
            var requirement = selector.Requirements[i];
            var here = at.Child("requirements").Index(i);
            Values(errors, here.Child("values"), requirement.Operator, requirement.Values.Count);
            errors.Invalid(here.Child("key"), requirement.Key, Rules.QualifiedName(requirement.Key));
            for (var v = 0; v < requirement.Values.Count; v++)
            {
                errors.Invalid(here.Child("values").Index(v), requirement.Values[v], Rules.LabelValue(requirement.Values[v]));
            }
        }
    }

    private static void Either(FieldErrors errors, FieldPath at, string raw, int requirements)
    {
        if (raw.Length > 0 && requirements > 0)
        {
            errors.Invalid(at.Child("rawSelector"), raw, "may not specified at the same time as requirements");
        }

        if (raw.Length == 0 && requirements == 0)
        {
            errors.Required(at.Child("requirements"), $"when {at} is specified, requirements or rawSelector is required");
        }
    }

    // Operators that are not known come from newer clients, and are not refused.
    private static void Values(FieldErrors errors, FieldPath at, string operation, int values)
    {
        if (operation is "In" or "NotIn" && values == 0)
        {
            errors.Required(at, "must be specified when `operator` is 'In' or 'NotIn'");
        }
        else if (operation is "Exists" or "DoesNotExist" && values > 0)
        {
            errors.Forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
    }

    private static string Dump(V1NonResourceAttributes plain) =>
        $"authorization.NonResourceAttributes{{Path:{GoText.Quote(plain.Path)}, Verb:{GoText.Quote(plain.Verb)}}}";
}
