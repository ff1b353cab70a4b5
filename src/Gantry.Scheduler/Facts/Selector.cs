namespace Gantry.Scheduler.Facts;

/// <summary>A compiled label selector: all requirements must hold.</summary>
public sealed class Selector
{
    /// <summary>Matches every set of labels (an empty selector).</summary>
    public static readonly Selector Everything = new([], nothing: false);

    /// <summary>Matches no set of labels (an absent selector where the API says absent means none).</summary>
    public static readonly Selector Nothing = new([], nothing: true);

    private readonly Requirement[] _requirements;
    private readonly bool _nothing;
    private string? _text;

    private Selector(Requirement[] requirements, bool nothing)
    {
        _requirements = requirements;
        _nothing = nothing;
    }

    public IReadOnlyList<Requirement> Requirements => _requirements;

    public bool IsEmpty => _requirements.Length == 0 && !_nothing;

    /// <summary>A canonical form: selectors with equal text match the same labels, so it identifies shared counters.</summary>
    public string Text => _text ??= Write();

    public static Selector Of(params Requirement[] requirements) => requirements.Length == 0 ? Everything : new Selector(requirements, nothing: false);

    /// <summary>The selector that wants each of these labels with exactly this value.</summary>
    public static Selector OfLabels(IEnumerable<KeyValuePair<string, string>> labels) =>
        Of([.. labels.Select(l => new Requirement(l.Key, Comparison.In, l.Value))]);

    /// <summary>Both must match.</summary>
    public Selector And(Selector other)
    {
        if (_nothing || other._nothing)
        {
            return Nothing;
        }

        return other._requirements.Length == 0 ? this
            : _requirements.Length == 0 ? other
            : new Selector([.. _requirements, .. other._requirements], nothing: false);
    }

    /// <summary>Adds, for every key the owner carries, the wish that the other pod carries the same value (matchLabelKeys).</summary>
    public Selector WithSame(IReadOnlyList<string> keys, IReadOnlyDictionary<string, string> owner, Comparison comparison)
    {
        if (keys.Count == 0 || _nothing)
        {
            return this;
        }

        var added = new List<Requirement>(_requirements);
        foreach (var key in keys)
        {
            if (owner.TryGetValue(key, out var value))
            {
                added.Add(new Requirement(key, comparison, value));
            }
        }

        return Of([.. added]);
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        if (_nothing)
        {
            return false;
        }

        foreach (var requirement in _requirements)
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    public override string ToString() => Text;

    private string Write()
    {
        if (_nothing)
        {
            return "!";
        }

        var parts = _requirements.Select(r => r.ToString()).Distinct(StringComparer.Ordinal).ToArray();
        Array.Sort(parts, StringComparer.Ordinal);
        return string.Join(';', parts);
    }
}
