/* A call of an operation of AWS by a click: the answer of what is refused comes as a toast, in AWS's own words. */

export const call = (stage, operation, parameters) => stage.order({ do: 'call_aws', operation, parameters });
