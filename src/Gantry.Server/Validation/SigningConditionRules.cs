using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>The conditions of certificate signing requests: decisions are made once, by those who may approve.</summary>
internal static class SigningConditionRules
{
    private const string Approved = "Approved";
    private const string Denied = "Denied";
    private const string Failed = "Failed";

    public static void Conditions(
        FieldErrors errors, IReadOnlyList<V1CertificateSigningRequestCondition> conditions, IReadOnlyList<V1CertificateSigningRequestCondition>? old, FieldPath at)
    {
        // What was let in before conditions were checked may stay.
        var isBothTolerated = old is not null && old.Any(c => c.Type == Approved) && old.Any(c => c.Type == Denied);
        var isRepeatTolerated = old is not null && old.Select(c => c.Type).Distinct(StringComparer.Ordinal).Count() < old.Count;
        var isEmptyTolerated = old is not null && old.Any(c => c.Type.Length == 0);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < conditions.Count; i++)
        {
            var (condition, path) = (conditions[i], at.Index(i));
            if (condition.Type.Length == 0 && !isEmptyTolerated)
            {
                errors.Required(path.Child("type"));
            }

            Status(errors, condition, path.Child("status"));
            var opposite = condition.Type switch { Approved => Denied, Denied => Approved, _ => "" };
            if (opposite.Length > 0 && seen.Contains(opposite) && !isBothTolerated)
            {
                errors.Invalid(path.Child("type"), condition.Type, "Approved and Denied conditions are mutually exclusive");
            }

            if (!seen.Add(condition.Type) && !isRepeatTolerated)
            {
                errors.Duplicate(path.Child("type"), condition.Type);
            }
        }
    }

    private static void Status(FieldErrors errors, V1CertificateSigningRequestCondition condition, FieldPath at)
    {
        if (condition.Type is Approved or Denied or Failed)
        {
            errors.RequiredOneOf(at, condition.Status, "True");
        }
        else
        {
            errors.RequiredOneOf(at, condition.Status, "False", "True", "Unknown");
        }
    }

    public static void Update(
        FieldErrors errors, IReadOnlyList<V1CertificateSigningRequestCondition> conditions, IReadOnlyList<V1CertificateSigningRequestCondition> old, bool decides, FieldPath at)
    {
        List<V1CertificateSigningRequestCondition> Now(string type) => [.. conditions.Where(c => c.Type == type)];
        List<V1CertificateSigningRequestCondition> Before(string type) => [.. old.Where(c => c.Type == type)];
        foreach (var type in new[] { Approved, Denied, Failed })
        {
            if (Now(type).Count < Before(type).Count)
            {
                errors.Forbidden(at, $"updates may not remove a condition of type \"{type}\"");
            }
        }

        foreach (var type in decides ? [] : new[] { Approved, Denied })
        {
            var (now, before) = (Now(type), Before(type));
            if (now.Count > before.Count)
            {
                errors.Forbidden(at, $"updates may not add a condition of type \"{type}\"");
            }
            else if (now.Count == before.Count && !now.SequenceEqual(before))
            {
                errors.Forbidden(at, $"updates may not modify a condition of type \"{type}\"\n");
            }
        }
    }
}
