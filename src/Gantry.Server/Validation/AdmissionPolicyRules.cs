using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Validating admission policies (<c>admissionregistration.k8s.io</c>).</summary>
public static class AdmissionPolicyRules
{
    private const int MostAnnotations = 20;
    private const int LongestValueExpression = 5 * 1024;

    private static readonly HashSet<string> ReservedNames = new(StringComparer.Ordinal)
    {
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    };

    /// <summary>A policy, or its status.</summary>
    public static void Policy(FieldErrors errors, V1ValidatingAdmissionPolicy policy, V1ValidatingAdmissionPolicy? old, string subresource)
    {
        if (subresource == "status")
        {
            Status(errors, policy.Status, FieldPath.Root("status"));
            return;
        }

        var (spec, at) = (policy.Spec, FieldPath.Root("spec"));
        var expressions = ExpressionRules.Of(policy, old);
        if (spec.FailurePolicy is null)
        {
            errors.Required(at.Child("failurePolicy"));
        }

        OperationRules.FailurePolicy(errors, spec.FailurePolicy, at.Child("failurePolicy"));
        if (spec.ParamKind is { } kind)
        {
            ParamKind(errors, kind, at.Child("paramKind"));
        }

        if (spec.MatchConstraints is null)
        {
            errors.Required(at.Child("matchConstraints"));
        }
        else
        {
            MatchResourceRules.Resources(errors, spec.MatchConstraints, at.Child("matchConstraints"));
            if (spec.MatchConstraints.ResourceRules.Count == 0)
            {
                errors.Required(at.Child("matchConstraints").Child("resourceRules"));
            }
        }

        if (old is null || !Equals(spec.ParamKind, old.Spec.ParamKind) || !spec.MatchConditions.SequenceEqual(old.Spec.MatchConditions))
        {
            OperationRules.MatchConditions(errors, spec.MatchConditions, expressions, at.Child("matchConditions"));
        }

        for (var i = 0; i < spec.Variables.Count; i++)
        {
            Variable(errors, spec.Variables[i], expressions, at.Child("variables").Index(i));
        }

        Checks(errors, spec, policy.Metadata.Name, expressions, at);
    }

    private static void Checks(FieldErrors errors, V1ValidatingAdmissionPolicySpec spec, string name, ExpressionRules expressions, FieldPath at)
    {
        if (spec.Validations.Count == 0 && spec.AuditAnnotations.Count == 0)
        {
            errors.Required(at.Child("validations"), "validations or auditAnnotations must contain at least one item");
            errors.Required(at.Child("auditAnnotations"), "validations or auditAnnotations must contain at least one item");
            return;
        }

        for (var i = 0; i < spec.Validations.Count; i++)
        {
            Validation(errors, spec.Validations[i], expressions, at.Child("validations").Index(i));
        }

        var path = at.Child("auditAnnotations");
        if (spec.AuditAnnotations.Count > MostAnnotations)
        {
            errors.InvalidDump(path, GoDump.Of(spec.AuditAnnotations), "must not have more than 20 auditAnnotations");
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < spec.AuditAnnotations.Count; i++)
        {
            Annotation(errors, spec.AuditAnnotations[i], name, expressions, path.Index(i));
            if (!keys.Add(spec.AuditAnnotations[i].Key))
            {
                errors.Duplicate(path.Index(i).Child("key"), spec.AuditAnnotations[i].Key);
            }
        }
    }

    private static void ParamKind(FieldErrors errors, V1ParamKind kind, FieldPath at)
    {
        var parts = kind.ApiVersion.Split('/');
        var (group, version) = parts.Length == 1 ? ("", parts[0]) : (parts[0], parts[1]);
        if (kind.ApiVersion.Length == 0)
        {
            errors.Required(at.Child("apiVersion"));
        }
        else if (parts.Length > 2)
        {
            errors.Invalid(at.Child("apiVersion"), kind.ApiVersion, "unexpected GroupVersion string: " + kind.ApiVersion);
        }
        else
        {
            Joined(errors, group, group.Length == 0 ? [] : Rules.DnsSubdomain(group), "", at.Child("apiVersion"));
            if (version.Length == 0)
            {
                errors.Invalid(at.Child("apiVersion"), kind.ApiVersion, "version must be specified");
            }
            else
            {
                Joined(errors, version, Rules.Dns1035Label(version), "", at.Child("apiVersion"));
            }
        }

        if (kind.Kind.Length == 0)
        {
            errors.Required(at.Child("kind"));
        }
        else
        {
            Joined(errors, kind.Kind, Rules.Dns1035Label(kind.Kind.ToLowerInvariant()), "may have mixed case, but should otherwise match: ", at.Child("kind"));
        }
    }

    private static void Joined(FieldErrors errors, string value, IEnumerable<string> faults, string prefix, FieldPath at)
    {
        var all = string.Join(",", faults);
        if (all.Length > 0)
        {
            errors.Invalid(at, value, prefix + all);
        }
    }

    private static void Variable(FieldErrors errors, V1Variable variable, ExpressionRules expressions, FieldPath at)
    {
        if (string.IsNullOrWhiteSpace(variable.Name))
        {
            errors.Required(at.Child("name"), "name is not specified");
        }
        else if (!IsIdentifier(variable.Name))
        {
            errors.Invalid(at.Child("name"), variable.Name, "name is not a valid CEL identifier");
        }

        if (string.IsNullOrWhiteSpace(variable.Expression))
        {
            errors.Required(at.Child("expression"), "expression is not specified");
        }
        else
        {
            expressions.Variable(errors, variable.Name, variable.Expression, at.Child("expression"));
        }
    }

    private static bool IsIdentifier(string name) =>
        !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !ReservedNames.Contains(name);

    private static void Validation(FieldErrors errors, V1Validation validation, ExpressionRules expressions, FieldPath at)
    {
        if (string.IsNullOrWhiteSpace(validation.Expression))
        {
            errors.Required(at.Child("expression"), "expression is not specified");
        }
        else
        {
            expressions.Validation(errors, validation.Expression, at.Child("expression"));
        }

        if (validation.MessageExpression.Length > 0 && string.IsNullOrWhiteSpace(validation.MessageExpression))
        {
            errors.Invalid(at.Child("messageExpression"), validation.MessageExpression, "must be non-empty if specified");
        }
        else if (validation.MessageExpression.Length > 0)
        {
            expressions.Message(errors, validation.MessageExpression, at.Child("messageExpression"));
        }

        var message = validation.Message.Trim();
        if (validation.Message.Length > 0 && message.Length == 0)
        {
            errors.Invalid(at.Child("message"), validation.Message, "message must be non-empty if specified");
        }
        else if (message.AsSpan().ContainsAny('\n', '\r'))
        {
            errors.Invalid(at.Child("message"), validation.Message, "message must not contain line breaks");
        }

        if (validation.Reason is { } reason)
        {
            errors.OneOf(at.Child("reason"), reason, "Forbidden", "Invalid", "RequestEntityTooLarge");
        }
    }

    private static void Annotation(FieldErrors errors, V1AuditAnnotation annotation, string policy, ExpressionRules expressions, FieldPath at)
    {
        if (policy.Length > 0)
        {
            var full = policy + "/" + annotation.Key;
            errors.Invalid(at.Child("key"), full, Rules.QualifiedName(full));
        }
        else
        {
            errors.Invalid(at.Child("key"), annotation.Key, "requires metadata.name be non-empty");
        }

        var expression = annotation.ValueExpression.Trim();
        if (expression.Length == 0)
        {
            errors.Required(at.Child("valueExpression"), "valueExpression is not specified");
        }
        else if (System.Text.Encoding.UTF8.GetByteCount(expression) > LongestValueExpression)
        {
            errors.Required(at.Child("valueExpression"), "must not exceed 5120 bytes in length");
        }
        else
        {
            expressions.Annotation(errors, annotation.ValueExpression, at.Child("valueExpression"));
        }
    }

    private static void Status(FieldErrors errors, V1ValidatingAdmissionPolicyStatus status, FieldPath at)
    {
        var warnings = status.TypeChecking?.ExpressionWarnings ?? [];
        for (var i = 0; i < warnings.Count; i++)
        {
            var path = at.Child("typeChecking").Child("expressionWarnings").Index(i);
            if (warnings[i].Warning.Length == 0)
            {
                errors.Required(path.Child("warning"));
            }

            if (string.IsNullOrWhiteSpace(warnings[i].FieldRef))
            {
                errors.Required(path.Child("fieldRef"));
            }
        }

        ConditionRules.Conditions(errors, status.Conditions, at.Child("conditions"));
    }
}
