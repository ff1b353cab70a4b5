using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Conditions of the common form (<c>meta/v1</c>), as status writers send them.</summary>
internal static class ConditionRules
{
    private const int LongestReason = 1024;
    private const int LongestMessage = 32 * 1024;

    public static void Conditions(FieldErrors errors, IReadOnlyList<V1Condition> conditions, FieldPath at)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < conditions.Count; i++)
        {
            if (!types.Add(conditions[i].Type))
            {
                errors.Duplicate(at.Index(i).Child("type"), conditions[i].Type);
            }

            Condition(errors, conditions[i], at.Index(i));
        }
    }

    private static void Condition(FieldErrors errors, V1Condition condition, FieldPath at)
    {
        errors.Invalid(at.Child("type"), condition.Type, Rules.QualifiedName(condition.Type));
        errors.OneOf(at.Child("status"), condition.Status, "False", "True", "Unknown");
        if (condition.ObservedGeneration < 0)
        {
            errors.Invalid(at.Child("observedGeneration"), condition.ObservedGeneration, "must be greater than or equal to zero");
        }

        if (condition.LastTransitionTime is null)
        {
            errors.Required(at.Child("lastTransitionTime"), "must be set");
        }

        if (condition.Reason.Length == 0)
        {
            errors.Required(at.Child("reason"), "must be set");
        }
        else
        {
            errors.Invalid(at.Child("reason"), condition.Reason, Reason(condition.Reason));
            if (condition.Reason.Length > LongestReason)
            {
                errors.TooLong(at.Child("reason"), LongestReason);
            }
        }

        if (condition.Message.Length > LongestMessage)
        {
            errors.TooLong(at.Child("message"), LongestMessage);
        }
    }

    // A word in the code of some program: CamelCase mostly.
    private static IEnumerable<string> Reason(string reason)
    {
        if (!char.IsAsciiLetter(reason[0]) || reason[^1] is not '_' && !char.IsAsciiLetterOrDigit(reason[^1])
            || !reason.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ',' or ':'))
        {
            yield return "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' "
                + "(e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')";
        }
    }
}
