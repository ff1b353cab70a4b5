using Gantry.Api.Models;
using Gantry.Server.Validation;
using Gantry.Server.Validation.Definitions;

namespace Gantry.Server.CustomResources;

/// <summary>What a definition's status says of it; pure.</summary>
internal static class DefinitionStatus
{
    /// <summary>The status of a definition that is to be served.</summary>
    /// <param name="definition">The stored definition.</param>
    /// <param name="claims">The names that definitions of its group have.</param>
    /// <param name="now">When.</param>
    public static V1CustomResourceDefinitionStatus Of(V1CustomResourceDefinition definition, NameClaims claims, DateTimeOffset now)
    {
        var (given, reason, message) = claims.Decide(definition.Spec.Names, definition.Status.AcceptedNames);
        var accepted = reason == "NoConflicts";
        var conditions = definition.Status.Conditions.ToList();
        Set(conditions, "NamesAccepted", accepted ? "True" : "False", reason, message, now);

        // Once served, always served.
        if (conditions.Find(c => c.Type == "Established") is not { Status: "True" })
        {
            Set(conditions, "Established", accepted ? "True" : "False", accepted ? "InitialNamesAccepted" : "NotAccepted",
                accepted ? "the initial names have been accepted" : "not all names are accepted", now);
        }

        Structural(definition, conditions, now);
        if (ApiApproval.IsProtected(definition.Spec.Group))
        {
            var (state, why) = ApiApproval.Of(definition.Metadata.Annotations);
            Set(conditions, "KubernetesAPIApprovalPolicyConformant", state == ApprovalState.Approved ? "True" : "False", state switch
            {
                ApprovalState.Approved => "ApprovedAnnotation",
                ApprovalState.Bypassed => "UnapprovedAnnotation",
                ApprovalState.Missing => "MissingAnnotation",
                _ => "InvalidAnnotation",
            }, why, now);
        }

        return definition.Status with { AcceptedNames = given, Conditions = conditions };
    }

    /// <summary>The status with a condition about its end.</summary>
    public static V1CustomResourceDefinitionStatus Terminating(V1CustomResourceDefinitionStatus status, bool still, string reason, string message, DateTimeOffset now)
    {
        var conditions = status.Conditions.ToList();
        Set(conditions, "Terminating", still ? "True" : "False", reason, message, now);
        return status with { Conditions = conditions };
    }

    public static bool Is(V1CustomResourceDefinitionStatus status, string condition) => status.Conditions.Any(c => c.Type == condition && c.Status == "True");

    // Only definitions that keep unknown fields, which are no longer accepted, may have schemas that are not structural.
    private static void Structural(V1CustomResourceDefinition definition, List<V1CustomResourceDefinitionCondition> conditions, DateTimeOffset now)
    {
        var at = FieldPath.Root("spec").Child("versions");
        var errors = !definition.Spec.PreserveUnknownFields ? []
            : definition.Spec.Versions.SelectMany((v, i) => v.Schema?.OpenAPIV3Schema is { } schema
                ? StructuralRules.Check(DefinitionRules.Tree(schema), at.Index(i).Child("schema").Child("openAPIV3Schema")) : []).ToList();
        if (errors.Count == 0)
        {
            conditions.RemoveAll(c => c.Type == "NonStructuralSchema");
            return;
        }

        Set(conditions, "NonStructuralSchema", "True", "Violations", errors.Count == 1 ? errors[0].ToString() : "[" + string.Join(", ", errors) + "]", now);
    }

    private static void Set(List<V1CustomResourceDefinitionCondition> conditions, string type, string status, string reason, string message, DateTimeOffset now)
    {
        var at = conditions.FindIndex(c => c.Type == type);
        var made = new V1CustomResourceDefinitionCondition
        {
            Type = type, Status = status, Reason = reason, Message = message,
            LastTransitionTime = at >= 0 && conditions[at].Status == status ? conditions[at].LastTransitionTime : DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()),
        };
        if (at < 0)
        {
            conditions.Add(made);
        }
        else
        {
            conditions[at] = made;
        }
    }
}
