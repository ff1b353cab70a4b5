using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Handling;

namespace Gantry.Server.Writing;

/// <summary>What a write through a subresource may change; whatever else it brings is as it was.</summary>
internal static class SubresourceRules
{
    /// <summary>The object as the write may have it.</summary>
    /// <param name="scope">The subresource, empty for the object itself.</param>
    /// <param name="value">What was written; the root is the caller's own.</param>
    /// <param name="old">The stored object.</param>
    /// <param name="now">When.</param>
    public static TreeMap Prepare(WriteScope scope, TreeMap value, TreeMap old, DateTimeOffset now)
    {
        switch (scope.Subresource)
        {
            case "":
                scope.Resource.Strategy.PrepareUpdate(value, old);
                return value;
            case "status" when ReferenceEquals(scope.Resource.Type, V1CertificateSigningRequest.Resource):
                return SigningRequestParts.Status(StatusRules.Merge(scope.Resource.Strategy, value, old), old, now);
            case "status" when ReferenceEquals(scope.Resource.Type, V1HorizontalPodAutoscaler.Resource):
                var autoscaler = StatusRules.Merge(scope.Resource.Strategy, value, old);
                AutoscalerConversion.KeepSpec(autoscaler, old);
                return autoscaler;
            case "status":
                var merged = StatusRules.Merge(scope.Resource.Strategy, value, old);
                scope.Resource.Strategy.PrepareStatus(merged, old, now);
                return merged;
            case "ephemeralcontainers":
                if (value.Map("spec") is { } written)
                {
                    DisabledFields.EphemeralContainers(written);
                }

                var metadata = (old.Map("metadata") ?? new TreeMap()).With("managedFields", value.Map("metadata")?["managedFields"]);
                var spec = (old.Map("spec") ?? new TreeMap()).With("ephemeralContainers", value.Map("spec")?["ephemeralContainers"]);
                return old.With("metadata", metadata).With("spec", spec);
            case "finalize":
                // Of a namespace: its finalizers, and its metadata.
                value["status"] = old["status"];
                return value;
            case "approval":
                return SigningRequestParts.Approval(value, old, now);
            default:
                return value;
        }
    }
}
