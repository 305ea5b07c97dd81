/** The account that every local emulator answers with; no real account has this number. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';
