using System.Net.Sockets;
using System.Security.Cryptography;
using Gantry.Control;
using Gantry.Store;
using Gantry.Store.Sqlite;

namespace Gantry.Cli.Commands;

/// <summary>Turns what keeps a server from running into a line for a person.</summary>
internal static class ServerFaults
{
    /// <summary>Runs the work; expected faults become <see cref="CommandFailure"/>s, others stay what they are.</summary>
    /// <param name="what">What it means that the work failed.</param>
    /// <param name="work">The work.</param>
    public static async Task ExplainAsync(string what, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is ArgumentException or IOException or CryptographicException or FormatException or StoreUnavailableException
            or UnauthorizedAccessException or SocketException or TimeoutException)
        {
            throw new CommandFailure($"{what}: {fault.Message}", fault);
        }
    }

    /// <summary>A loop that ended is the end of the server: with exit code 70, so that a supervisor starts it again.</summary>
    public static void Throw(LoopFault? fault)
    {
        if (fault is not null)
        {
            throw new CommandFailure($"the server ended because its part '{fault.Loop}' did: {fault.Cause?.Message ?? "without a reason"}", 70);
        }
    }
}
