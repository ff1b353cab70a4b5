namespace Gantry.Api.Cel.Checking;

/// <summary>
/// What the type parameters met while checking stand for, and whether one type may stand where another is wanted. A parameter stands for whatever it first
/// meets, and gets more general when it meets more.
/// </summary>
internal sealed class CelSubstitution
{
    private Dictionary<string, CelType> _found = new(StringComparer.Ordinal);

    /// <summary>Whether values of the first type may be used for the second; what parameters stand for is kept when they may.</summary>
    public bool IsAssignable(CelType from, CelType to)
    {
        var before = new Dictionary<string, CelType>(_found, StringComparer.Ordinal);
        if (Assignable(from, to))
        {
            return true;
        }
        _found = before;
        return false;
    }

    /// <inheritdoc cref="IsAssignable(CelType, CelType)"/>
    public bool IsAssignable(IReadOnlyList<CelType> from, IReadOnlyList<CelType> to)
    {
        var before = new Dictionary<string, CelType>(_found, StringComparer.Ordinal);
        if (Assignable(from, to))
        {
            return true;
        }
        _found = before;
        return false;
    }

    /// <summary>The type with its parameters replaced by what they stand for.</summary>
    /// <param name="type">The type.</param>
    /// <param name="toDyn">Whether a parameter that stands for nothing becomes dyn.</param>
    public CelType Resolve(CelType type, bool toDyn)
    {
        if (type.Kind == CelTypeKind.Parameter)
        {
            return _found.TryGetValue(type.Name, out var found) ? Resolve(found, toDyn) : toDyn ? CelType.Dyn : type;
        }
        return type.Parameters.Count == 0 ? type : Replace(type, p => Resolve(p, toDyn));
    }

    /// <summary>The type with each parameter replaced; the same object where nothing changes.</summary>
    public static CelType Replace(CelType type, Func<CelType, CelType> replace)
    {
        var parameters = type.Parameters.Select(replace).ToArray();
        return parameters.Zip(type.Parameters).All(p => ReferenceEquals(p.First, p.Second)) ? type : type.WithParameters(parameters);
    }

    public static CelType MostGeneral(CelType a, CelType b) => EqualOrLessSpecific(a, b) ? a : b;

    private static bool EqualOrLessSpecific(CelType a, CelType b)
    {
        if (a.IsDyn || a.Kind == CelTypeKind.Parameter)
        {
            return true;
        }
        if (b.IsDyn || b.Kind == CelTypeKind.Parameter || a.Kind != b.Kind)
        {
            return false;
        }
        return a.Kind == CelTypeKind.Type
            || (a.Name == b.Name && a.Parameters.Count == b.Parameters.Count && a.Parameters.Zip(b.Parameters).All(p => EqualOrLessSpecific(p.First, p.Second)));
    }

    private bool Assignable(IReadOnlyList<CelType> from, IReadOnlyList<CelType> to)
    {
        if (from.Count != to.Count)
        {
            return false;
        }
        for (var i = 0; i < from.Count; i++)
        {
            if (!Assignable(from[i], to[i]))
            {
                return false;
            }
        }
        return true;
    }

    private bool Assignable(CelType from, CelType to)
    {
        if (to.Kind == CelTypeKind.Parameter)
        {
            if (Stands(from, to, out var known))
            {
                return true;
            }
            if (known)
            {
                return false;
            }
        }
        if (from.Kind == CelTypeKind.Parameter)
        {
            return Stands(to, from, out _);
        }
        if (from.IsDynOrError || to.IsDynOrError)
        {
            return true;
        }
        return from.Kind switch
        {
            CelTypeKind.Null => to.Kind is CelTypeKind.Null or CelTypeKind.Struct or CelTypeKind.Opaque or CelTypeKind.Duration or CelTypeKind.Timestamp,
            CelTypeKind.Type => to.Kind == CelTypeKind.Type,
            _ => from.Kind == to.Kind && from.Name == to.Name && Assignable(from.Parameters, to.Parameters),
        };
    }

    // A parameter never stands for something that it occurs in, or resolving it would not end.
    private bool Stands(CelType type, CelType parameter, out bool known)
    {
        known = true;
        if (type.Same(parameter))
        {
            return true;
        }
        known = _found.TryGetValue(parameter.Name, out var found);
        if (known)
        {
            if (type.Same(found!))
            {
                return true;
            }
            if (!Assignable(type, found!))
            {
                return false;
            }
            var general = MostGeneral(type, found!);
            if (!Occurs(parameter, general))
            {
                _found[parameter.Name] = general;
            }
            return true;
        }
        if (Occurs(parameter, type))
        {
            return false;
        }
        _found[parameter.Name] = type;
        return true;
    }

    private bool Occurs(CelType parameter, CelType within)
    {
        if (within.Kind == CelTypeKind.Parameter)
        {
            return within.Name == parameter.Name || (_found.TryGetValue(within.Name, out var found) && Occurs(parameter, found));
        }
        return within.Parameters.Any(p => Occurs(parameter, p));
    }
}
