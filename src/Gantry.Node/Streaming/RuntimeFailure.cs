using Gantry.Node.Grpc;
using Microsoft.AspNetCore.Http;

namespace Gantry.Node.Streaming;

/// <summary>A failed call of the runtime as the refusal that the client gets.</summary>
internal static class RuntimeFailure
{
    public static UpgradeRefusedException Of(Exception failure) => failure is GrpcException call
        ? new UpgradeRefusedException(
            call.Code switch
            {
                GrpcStatusCode.NotFound => StatusCodes.Status404NotFound,
                GrpcStatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
                _ => StatusCodes.Status500InternalServerError,
            },
            call.RpcText)
        : new UpgradeRefusedException(StatusCodes.Status500InternalServerError, "error dialing backend: " + failure.Message);
}
