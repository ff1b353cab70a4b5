namespace Gantry.Server.Validation;

/// <summary>The parts of references to other objects.</summary>
internal static class ReferenceRules
{
    /// <summary>A kind or name that has to be there and to be one segment of a path.</summary>
    public static void Segment(FieldErrors errors, string value, FieldPath at, string missing = "")
    {
        if (value.Length == 0)
        {
            errors.Required(at, missing);
        }
        else
        {
            errors.Invalid(at, value, Rules.PathSegment(value));
        }
    }
}
