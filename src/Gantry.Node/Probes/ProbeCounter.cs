namespace Gantry.Node.Probes;

/// <summary>Turns single outcomes into a result: it changes after enough equal outcomes in a row.</summary>
public sealed class ProbeCounter
{
    private readonly int _successes;
    private readonly int _failures;
    private bool _last;
    private int _run;

    /// <param name="successes">Successes in a row for good.</param>
    /// <param name="failures">Failures in a row for bad.</param>
    /// <param name="initial">The result before enough is known; null: none.</param>
    public ProbeCounter(int successes, int failures, bool? initial)
    {
        _successes = Math.Max(1, successes);
        _failures = Math.Max(1, failures);
        Result = initial;
    }

    public bool? Result { get; private set; }

    /// <summary>Takes one outcome in; returns whether the result changed.</summary>
    public bool Feed(bool success)
    {
        _run = _run > 0 && success == _last ? _run + 1 : 1;
        _last = success;
        if (_run < (success ? _successes : _failures) || Result == success)
        {
            return false;
        }

        Result = success;
        return true;
    }
}
