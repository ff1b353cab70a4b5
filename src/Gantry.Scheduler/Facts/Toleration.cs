namespace Gantry.Scheduler.Facts;

/// <summary>One toleration. An empty key with <paramref name="AnyValue"/> tolerates everything; a null effect means every effect.</summary>
public sealed record Toleration(string Key, bool AnyValue, string Value, TaintEffect? Effect)
{
    public bool Tolerates(Taint taint)
    {
        if (Effect is { } effect && effect != taint.Effect)
        {
            return false;
        }

        if (Key.Length > 0 && !string.Equals(Key, taint.Key, StringComparison.Ordinal))
        {
            return false;
        }

        return AnyValue || (Key.Length > 0 && string.Equals(Value, taint.Value, StringComparison.Ordinal));
    }

    /// <summary>True when one of the tolerations covers the taint.</summary>
    public static bool Covers(Toleration[] tolerations, Taint taint)
    {
        foreach (var toleration in tolerations)
        {
            if (toleration.Tolerates(taint))
            {
                return true;
            }
        }

        return false;
    }
}
