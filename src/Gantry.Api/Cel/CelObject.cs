namespace Gantry.Api.Cel;

/// <summary>A value that expressions can only look at through its functions or fields: the host's own, or one of a library.</summary>
public abstract class CelObject
{
    public abstract CelType Type { get; }

    /// <summary>The value of a field by the name that expressions use. It may be computed here, when it is first asked for.</summary>
    /// <returns>False where there is no such field. An error (<see cref="CelValue.Error(string)"/>) as the value ends the evaluation unless it is absorbed.</returns>
    public virtual bool TryField(string name, out CelValue value)
    {
        value = default;
        return false;
    }

    /// <summary>Whether <c>==</c> holds.</summary>
    public virtual bool Same(CelObject other) => ReferenceEquals(this, other);

    /// <summary>What <c>size()</c> would be for the costs of functions; null where there is none.</summary>
    internal virtual long? Size => null;
}
