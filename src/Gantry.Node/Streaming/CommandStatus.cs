using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Node.Streaming;

/// <summary>How a remote command ended, as clients read it from the error channel: a Status object, or words in the oldest protocols.</summary>
internal static class CommandStatus
{
    /// <summary>A failure that is not the command's own.</summary>
    public static byte[] Internal(string message) => ApiJson.Encode(new V1Status
    {
        Status = "Failure",
        Reason = "InternalError",
        Message = "Internal error occurred: " + message,
        Details = new V1StatusDetails { Causes = [new V1StatusCause { Message = message }] },
        Code = 500,
    });

    /// <summary>The words of a Status object; empty for success, which the oldest protocols tell by saying nothing.</summary>
    public static byte[] Words(byte[] status)
    {
        try
        {
            var read = ApiJson.Decode<V1Status>(status);
            return read.Status == "Success" ? [] : System.Text.Encoding.UTF8.GetBytes(read.Message);
        }
        catch (JsonException)
        {
            return status;
        }
    }
}
