using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Gantry.Node.Streaming;

/// <summary>What a client asks of exec or attach.</summary>
/// <param name="Command">The program and its arguments; empty for attach.</param>
public sealed record RemoteCommandOptions(IReadOnlyList<string> Command, bool Stdin, bool Stdout, bool Stderr, bool Tty)
{
    /// <summary>Reads the query: the API's names (stdin, stdout, stderr, tty) or those of a node's own paths (input, output, error).</summary>
    /// <returns>False with the reason when no stream at all is wanted.</returns>
    public static bool TryRead(IQueryCollection query, [NotNullWhen(true)] out RemoteCommandOptions? options, [NotNullWhen(false)] out string? problem)
    {
        var tty = IsSet(query, "tty");
        // A terminal has one output.
        options = new RemoteCommandOptions(
            [.. query["command"].Select(c => c ?? "")],
            IsSet(query, "stdin") || IsSet(query, "input"),
            IsSet(query, "stdout") || IsSet(query, "output"),
            !tty && (IsSet(query, "stderr") || IsSet(query, "error")),
            tty);
        problem = options.Stdin || options.Stdout || options.Stderr ? null : "you must specify at least 1 of stdin, stdout, stderr";
        return problem is null;
    }

    internal static bool IsSet(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values.Count > 0 && values[0] is var value && value != "0" && !string.Equals(value, "false", StringComparison.OrdinalIgnoreCase);
}
