using Gantry.Api.Trees;

namespace Gantry.Server.Pipeline;

/// <summary>
/// What is remembered of one request between the first round of mutating admission and the second: when a webhook has changed the object, every plugin
/// looks at it once more, and so do the webhooks that want to.
/// </summary>
internal sealed class AdmissionRounds
{
    private HashSet<string> _seen = new(StringComparer.Ordinal);
    private HashSet<string> _again = new(StringComparer.Ordinal);

    /// <summary>Whether a second round is wanted.</summary>
    public bool Wanted { get; private set; }

    /// <summary>Whether this is it.</summary>
    public bool Second { get; private set; }

    /// <summary>The object as the last webhook left it.</summary>
    public TreeMap? Left { get; set; }

    public void Begin() => Second = true;

    /// <summary>Those who want another look and have looked already, look again.</summary>
    public void Changed()
    {
        _again.UnionWith(_seen);
        _seen = new HashSet<string>(StringComparer.Ordinal);
    }

    public void WantSecond() => Wanted = true;

    public void Seen(string hook) => _seen.Add(hook);

    public bool LooksAgain(string hook) => _again.Contains(hook);
}
