namespace Gantry.Server.Admission;

/// <summary>Why quotas refuse an object.</summary>
/// <param name="Why">In Kubernetes' words.</param>
/// <param name="IsFault">Whether kube-apiserver answers with a fault of the server (500, these words alone) and not with 403.</param>
public sealed record QuotaRefusal(string Why, bool IsFault = false);
