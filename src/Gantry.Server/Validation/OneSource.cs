namespace Gantry.Server.Validation;

/// <summary>A volume comes from one source: the first that is set is checked, every further one is refused, and none at all too.</summary>
/// <param name="errors">Takes the faults.</param>
/// <param name="at">What holds the sources.</param>
internal sealed class OneSource(FieldErrors errors, FieldPath at)
{
    private bool _found;

    /// <summary>Checks a source by rules of its own, if it is the first.</summary>
    /// <param name="source">The source; null where it is not set.</param>
    /// <param name="name">Its field.</param>
    /// <param name="rules">What it is held to.</param>
    /// <param name="misnamed">What Kubernetes calls the field where it is one too many.</param>
    /// <param name="shown">What Kubernetes calls the field in faults of its content.</param>
    public void Check<T>(T? source, string name, Action<FieldErrors, T, FieldPath> rules, string? misnamed = null, string? shown = null)
        where T : class
    {
        if (IsFirst(source, name, misnamed))
        {
            rules(errors, source!, at.Child(shown ?? name));
        }
    }

    /// <summary>Whether the source is set and the first; refuses it where it is a further one.</summary>
    public bool IsFirst(object? source, string name, string? misnamed = null)
    {
        if (source is null)
        {
            return false;
        }

        if (_found)
        {
            errors.Forbidden(at.Child(misnamed ?? name), "may not specify more than 1 volume type");
            return false;
        }

        return _found = true;
    }

    /// <summary>Counts a source that is told of elsewhere.</summary>
    public void Count() => _found = true;

    /// <summary>Refuses a volume without a source.</summary>
    public void Require()
    {
        if (!_found)
        {
            errors.Required(at, "must specify a volume type");
        }
    }
}
