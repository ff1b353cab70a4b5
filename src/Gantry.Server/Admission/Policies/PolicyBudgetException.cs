namespace Gantry.Server.Admission.Policies;

/// <summary>The expressions of a policy have cost more than they may together.</summary>
internal sealed class PolicyBudgetException : Exception
{
    public PolicyBudgetException()
        : base("validation failed due to running out of cost budget, no further validation rules will be run")
    {
    }
}
