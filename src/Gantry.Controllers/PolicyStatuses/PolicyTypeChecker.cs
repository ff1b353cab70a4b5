using Gantry.Api.Models;

namespace Gantry.Controllers.PolicyStatuses;

/// <summary>Says what is doubtful about the expressions of a policy, by the schemas of the kinds that it is about.</summary>
public delegate IReadOnlyList<V1ExpressionWarning> PolicyTypeChecker(V1ValidatingAdmissionPolicy policy);
