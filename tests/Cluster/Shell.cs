using System.Diagnostics;

namespace Gantry.Cluster;

/// <summary>What a command said.</summary>
public sealed record Said(int Code, string Output, string Error)
{
    public override string ToString() => $"exit code {Code}\n{Output}\n{Error}";
}

/// <summary>Runs the programs a user would run.</summary>
public sealed class Shell
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public Shell With(string variable, string value)
    {
        _variables[variable] = value;
        return this;
    }

    /// <summary>Runs a command to its end. Gives up, with the command's name, after the limit.</summary>
    public async Task<Said> TryAsync(string program, IEnumerable<string> words, string input = "", TimeSpan? limit = null)
    {
        using var process = Start(program, words);
        using var patience = new CancellationTokenSource(limit ?? TimeSpan.FromMinutes(3), TimeProvider.System);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), patience.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(patience.Token);
            return new Said(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', words)} did not end");
        }
    }

    /// <summary>Runs a command that must succeed and returns what it printed.</summary>
    public async Task<string> RunAsync(string program, params string[] words)
    {
        var said = await TryAsync(program, words);
        return said.Code == 0 ? said.Output : throw new InvalidOperationException($"{program} {string.Join(' ', words)}: {said}");
    }

    /// <summary>Starts a command that goes on until it is killed.</summary>
    public Process Start(string program, IEnumerable<string> words)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in _variables)
        {
            start.Environment[variable] = value;
        }

        return Process.Start(start)!;
    }
}
