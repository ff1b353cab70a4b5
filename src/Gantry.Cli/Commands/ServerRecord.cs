using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gantry.Cli.Commands;

/// <summary>What a running server tells the other commands about itself, in a file of its data directory.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="Server">Its URL for clients of this machine.</param>
/// <param name="NodeName">The name of its node; empty when it runs none.</param>
/// <param name="ClusterCidr">The addresses of pods.</param>
/// <param name="ServiceRange">The addresses of services.</param>
public sealed record ServerRecord(int Pid, string Server, string NodeName, string ClusterCidr, string ServiceRange)
{
    /// <summary>The record of the server that last ran with this directory, or null.</summary>
    /// <exception cref="CommandFailure">The file is there and cannot be read.</exception>
    public static ServerRecord? Read(DataFolder folder)
    {
        if (!File.Exists(folder.ServerFile))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(folder.ServerFile), ServerRecordJson.Default.ServerRecord);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"{folder.ServerFile} cannot be read: {e.Message}; remove it if no server runs with this directory", e);
        }
    }

    public void Write(DataFolder folder)
    {
        var part = folder.ServerFile + ".part";
        File.WriteAllBytes(part, JsonSerializer.SerializeToUtf8Bytes(this, ServerRecordJson.Default.ServerRecord));
        File.Move(part, folder.ServerFile, overwrite: true);
    }

    /// <summary>Whether the process is alive and still a server of that directory: a pid is given out again.</summary>
    public bool IsAlive()
    {
        try
        {
            var words = File.ReadAllText($"/proc/{Pid}/cmdline").Split('\0');
            return words.Any(w => w is "server" or "up") && words[0].Contains("gantry", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

[JsonSerializable(typeof(ServerRecord))]
internal sealed partial class ServerRecordJson : JsonSerializerContext;
